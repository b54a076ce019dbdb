import type { CleanUp } from '../real-n8n/clean-up';
import { startProcess } from '../real-n8n/processes';
import { untilListening } from '../real-n8n/queue/programs';
import { freePort } from '../real-n8n/server';
import { makeHome } from './home';
import type { ProxyPrograms } from './programs';

export interface Tinyproxy {
	/** For HTTPS_PROXY. */
	url: string;
	/** Returns HOST:PORT of each tunnel request so far. */
	targets: () => string[];
}

export interface TinyproxyOptions {
	parentPort: number;
	/** Only letters, digits, dot, minus and underscore: tinyproxy's settings allow no other characters. */
	account?: { user: string; password: string };
}

/** Starts a tinyproxy on loopback. */
export async function startTinyproxy(
	cleanUp: CleanUp,
	{ tinyproxy }: ProxyPrograms,
	{ parentPort, account }: TinyproxyOptions,
): Promise<Tinyproxy> {
	const home = await makeHome(cleanUp);
	const port = await freePort();
	const settings = [
		`Port ${port}`,
		'Listen 127.0.0.1',
		'Timeout 60',
		'LogLevel Info',
		'ConnectPort 443',
		`Upstream http 127.0.0.1:${parentPort}`,
		...(account ? [`BasicAuth ${account.user} ${account.password}`] : []),
		...(home.account ? [`User ${home.account.uid}`, `Group ${home.account.gid}`] : []),
	];
	const file = await home.write('tinyproxy.conf', `${settings.join('\n')}\n`);
	// Without a log file it logs to its output.
	const server = startProcess(tinyproxy, ['-d', '-c', file], { cwd: home.folder, env: { PATH: process.env.PATH } });
	cleanUp.add(async () => await server.kill());
	await untilListening('tinyproxy', port, server);
	const targets = (): string[] =>
		[...server.output().matchAll(/: CONNECT (\S+) HTTP/g)].map(([, target = '']) => target);
	return { url: `http://127.0.0.1:${port}`, targets };
}
