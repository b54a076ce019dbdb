import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Linux distributions, macOS and Windows have Chromium or Chrome. */
const USUAL_PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Nothing that the browser would fetch or ask for by itself; and no scroll bars, which would be in the screenshots. */
const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--hide-scrollbars',
];

/**
 * The program of an installed Chromium or Chrome.
 *
 * @throws Error that says how to get one
 */
export function chromiumProgram(): string {
	const chosen = process.env.CHROMIUM_PATH;
	if (chosen !== undefined && !existsSync(chosen))
		throw new Error(`CHROMIUM_PATH names ${chosen}, which does not exist.`);
	const program = chosen ?? USUAL_PLACES.find((place) => existsSync(place));
	if (program !== undefined) return program;
	throw new Error(
		'The browser test needs Chromium or Chrome, and neither is where it usually is.\n' +
			'  Debian, Ubuntu:  apt-get install --no-install-recommends chromium\n' +
			'  elsewhere:       install Chrome, or set CHROMIUM_PATH to the program',
	);
}

/** Starts the browser without a window. Signals are left to the caller, who stops it with everything else. */
export async function startChromium(program: string): Promise<Browser> {
	return await chromium.launch({
		executablePath: program,
		args: FLAGS,
		headless: true,
		// n8n on this computer is reached directly, whatever the machine's proxy is.
		env: { ...process.env, HTTPS_PROXY: '', HTTP_PROXY: '', https_proxy: '', http_proxy: '' },
		handleSIGINT: false,
		handleSIGTERM: false,
		handleSIGHUP: false,
	});
}
