import { delimiter } from 'node:path';
import type { N8nLine } from './install';
import { BIN_FOLDER } from './paths';

/** The machine's variables that a program needs. All others would make a run depend on the machine. */
const FROM_THE_MACHINE = ['LANG', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'ComSpec', 'PATHEXT'];

/** Shared by all n8n processes of a test, as queue mode requires. Protects only test credentials. */
const ENCRYPTION_KEY = 'the-same-for-all-n8n-processes-of-a-test';

/** Disables n8n's requests to servers on the internet and its questions to new users. */
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

/** Settings of one n8n line; others do not start with them. */
const LINE: Record<N8nLine, NodeJS.ProcessEnv> = { '2': { N8N_DISABLED_MODULES: 'mcp-registry' }, '1': {} };

/**
 * Returns the environment of an n8n process (server, command line, worker). The machine's own n8n, proxy and AWS settings
 * are not part of it.
 *
 * @param userFolder - also the home folder: the user's own home is neither read nor written
 * @param extra - such as HTTPS_PROXY, or the settings of queue mode
 * @param line - the n8n line
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

/** Improves the throughput of this package's nodes (`docs/performance.md`): n8n starts its expression engine only for runs with an expression. */
export const THROUGHPUT: NodeJS.ProcessEnv = { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' };

/** Returns the settings with which n8n reaches the sandbox under Roche's and Amazon's host names. */
export function sandboxEnvironment(sandbox: { proxyUrl: string; s3CaFile: string }): NodeJS.ProcessEnv {
	return {
		HTTPS_PROXY: sandbox.proxyUrl,
		NO_PROXY: '127.0.0.1,localhost',
		NODE_EXTRA_CA_CERTS: sandbox.s3CaFile,
	};
}
