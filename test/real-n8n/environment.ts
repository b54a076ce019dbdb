import { delimiter } from 'node:path';
import type { N8nLine } from './install';
import { BIN_FOLDER } from './paths';

/** What a program needs of the machine; all else would make a run depend on whose machine it is. */
const FROM_THE_MACHINE = ['LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec', 'PATHEXT'];

/** Several n8n processes of one test (queue mode) must share the key. It protects nothing but test credentials. */
const ENCRYPTION_KEY = 'the-same-for-all-n8n-processes-of-a-test';

/** Nothing that n8n would ask of servers on the internet, and nothing that it would ask of a new user. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
};

/** What one n8n line only understands: another does not start with it. */
const LINE: Record<N8nLine, NodeJS.ProcessEnv> = { '2': { N8N_DISABLED_MODULES: 'mcp-registry' }, '1': {} };

/**
 * The environment of every n8n process (server, command line, worker): only what is set here, whatever the machine's
 * own n8n, proxy or AWS settings are.
 *
 * @param userFolder - also the home folder, so that nothing of the user's own home is read or written
 * @param extra - such as HTTPS_PROXY, or the settings of queue mode
 * @param line - which n8n it is
 */
export function n8nEnvironment(
	userFolder: string,
	extra: NodeJS.ProcessEnv = {},
	line: N8nLine = '2',
): NodeJS.ProcessEnv {
	const kept = FROM_THE_MACHINE.flatMap((name) => {
		const value = process.env[name];
		return value === undefined ? [] : [[name, value] as const];
	});
	return {
		...Object.fromEntries(kept),
		...QUIET,
		...LINE[line],
		PATH: [BIN_FOLDER, process.env.PATH].join(delimiter),
		HOME: userFolder,
		USERPROFILE: userFolder,
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: ENCRYPTION_KEY,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		NO_COLOR: '1',
		...extra,
	};
}

/** What pays for the throughput of this package's nodes (`docs/performance.md`): n8n starts its expression engine only for a run that has an expression. */
export const THROUGHPUT: NodeJS.ProcessEnv = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** What makes n8n reach the sandbox under Roche's and Amazon's host names. */
export function sandboxEnvironment(sandbox: { proxyUrl: string; s3CaFile: string }): NodeJS.ProcessEnv {
	return {
		HTTPS_PROXY: sandbox.proxyUrl,
		NO_PROXY: '127.0.0.1,localhost',
		NODE_EXTRA_CA_CERTS: sandbox.s3CaFile,
	};
}
