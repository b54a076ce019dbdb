import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { fetch } from '../../sandbox/fetch';
import { certify, ecdsaKeys, privateKeyPem } from '../../sandbox/pki';
import type { CleanUp } from '../clean-up';
import { installRegistry } from '../install';
import { childEnvironment, nodeBinary, npmCommand } from '../paths';
import { runProcess, startProcess } from '../processes';
import { freePort } from '../server';

/** The registry that n8n uses if it has no licence for another one. */
const PUBLIC_REGISTRY = 'registry.npmjs.org';

const START_TIMEOUT = 60_000;

/** A real npm registry on loopback. */
export interface PrivateRegistry {
	/** Its address, https on loopback. */
	url: string;
	/** Makes a process use it instead of the public registry: through a proxy, as in a company with its own mirror. */
	environment: NodeJS.ProcessEnv;
	publish(tarball: string): Promise<void>;
	stop(): Promise<void>;
}

/** Starts an empty Verdaccio without access to other registries. Installs it first, once. */
export async function startRegistry(folder: string, cleanUp: CleanUp): Promise<PrivateRegistry> {
	const program = await installRegistry();
	const port = await freePort();
	const url = `https://127.0.0.1:${port}`;
	await mkdir(folder, { recursive: true });
	const ca = await writeIdentity(folder);
	const config = join(folder, 'config.yaml');
	await writeFile(config, configuration(folder));
	const args = [program, '--config', config, '--listen', url];
	const running = startProcess(nodeBinary(), args, { cwd: folder, env: childEnvironment({ HOME: folder }) });
	const proxy = companyProxy(port);
	const proxyPort = await freePort();
	await new Promise<void>((listening) => proxy.listen(proxyPort, '127.0.0.1', listening));
	const stop = async (): Promise<void> => {
		proxy.close();
		proxy.closeAllConnections();
		await running.stop();
	};
	cleanUp.add(stop);
	await untilThere(url, ca.pem, running.output);
	return {
		url,
		environment: {
			HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`,
			NO_PROXY: '127.0.0.1',
			NODE_EXTRA_CA_CERTS: ca.file,
			...trustedByNpm(ca.file),
		},
		publish: async (tarball) => await publish(tarball, { url, folder, caFile: ca.file }),
		stop,
	};
}

function configuration(folder: string): string {
	return `
storage: ${folder}/storage
auth: { htpasswd: { file: ${folder}/htpasswd, max_users: -1 } }
uplinks: {}
packages: { '**': { access: $all, publish: $all } }
https: { key: ${folder}/key.pem, cert: ${folder}/cert.pem }
log: { type: stdout, format: pretty, level: warn }
`;
}

async function writeIdentity(folder: string): Promise<{ pem: string; file: string }> {
	const issuer = await certify({ subject: 'CN=Company CA', keys: await ecdsaKeys(), usage: 'ca' });
	const keys = await ecdsaKeys();
	const hosts = [PUBLIC_REGISTRY, '127.0.0.1'];
	const server = await certify({ subject: `CN=${PUBLIC_REGISTRY}`, keys, issuer, usage: 'server', hosts });
	const file = join(folder, 'ca.pem');
	await writeFile(file, issuer.pem);
	await writeFile(join(folder, 'cert.pem'), server.pem);
	await writeFile(join(folder, 'key.pem'), await privateKeyPem(keys), { mode: 0o600 });
	return { pem: issuer.pem, file };
}

/** Creates a proxy that connects requests for the public registry to this one and refuses all others. */
function companyProxy(port: number): Server {
	const proxy = createServer((_request, response) => response.writeHead(403).end());
	return proxy.on('connect', ({ url }, client) => {
		client.on('error', () => client.destroy());
		if (url !== `${PUBLIC_REGISTRY}:443`) {
			client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		const upstream = connect(port, '127.0.0.1', () => {
			client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			upstream.pipe(client).pipe(upstream);
		});
		upstream.on('error', () => client.destroy());
		client.on('close', () => upstream.destroy());
	});
}

/** Returns npm's own CA setting. If it is set, as on a machine behind a TLS-inspecting proxy, npm trusts no other CAs. */
function trustedByNpm(caFile: string): NodeJS.ProcessEnv {
	return { npm_config_cafile: caFile };
}

async function untilThere(url: string, ca: string, output: () => string): Promise<void> {
	const dispatcher = new Agent({ connect: { ca } });
	const deadline = Date.now() + START_TIMEOUT;
	try {
		while (
			!(await fetch(`${url}/-/ping`, { dispatcher }).then(
				({ ok }) => ok,
				() => false,
			))
		) {
			if (Date.now() > deadline) throw new Error(`The registry did not start in time:\n${output()}`);
			await sleep(100);
		}
	} finally {
		await dispatcher.close();
	}
}

async function publish(tarball: string, to: { url: string; folder: string; caFile: string }): Promise<void> {
	// npm requires a token for publishing; this registry does not check it.
	const npmrc = join(to.folder, 'npmrc');
	await writeFile(npmrc, `//${new URL(to.url).host}/:_authToken=none\n`);
	const [file, first] = npmCommand();
	const args = [...first, 'publish', tarball, `--registry=${to.url}`, `--userconfig=${npmrc}`, '--loglevel=error'];
	const env = childEnvironment(trustedByNpm(to.caFile));
	const { code, output } = await runProcess(file, args, { cwd: to.folder, env });
	if (code !== 0) throw new Error(`The tarball could not be published:\n${output}`);
}
