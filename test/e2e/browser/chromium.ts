import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Default locations of Chromium and Chrome on Linux, macOS and Windows. */
const USUAL_PLACES = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Disables the browser's own requests and questions, and scroll bars, which would be in the screenshots. */
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
 * Returns the path of an installed Chromium or Chrome.
 *
 * @throws Error that says how to install one
 */
export function chromiumProgram(): string {
	const chosen = process.env.CHROMIUM_PATH;
	if (chosen !== undefined && !existsSync(chosen))
		throw new Error(`CHROMIUM_PATH names ${chosen}, which does not exist.`);
	const program = chosen ?? USUAL_PLACES.find((place) => existsSync(place));
	if (program !== undefined) return program;
	throw new Error(
		'The browser test requires Chromium or Chrome, but neither was found.\n' +
			'  Debian, Ubuntu:  apt-get install --no-install-recommends chromium\n' +
			'  Other systems:   install Chrome, or set CHROMIUM_PATH to the program',
	);
}

/** Starts the browser without a window. It ignores signals: the caller must stop it. */
export async function startChromium(program: string): Promise<Browser> {
	return await chromium.launch({
		executablePath: program,
		args: FLAGS,
		headless: true,
		// n8n runs on this computer and must be reached without the machine's proxy.
		env: { ...process.env, HTTPS_PROXY: '', HTTP_PROXY: '', https_proxy: '', http_proxy: '' },
		handleSIGINT: false,
		handleSIGTERM: false,
		handleSIGHUP: false,
	});
}
