/**
 * Loaded first if an installed n8n runs: the engine process and the package under test then load n8n's packages from its folder, so
 * both share one n8n-workflow. Those packages find their own dependencies beside them.
 */
import Module, { createRequire } from 'node:module';
import { join, sep } from 'node:path';
import type { EngineSetup } from '../protocol';
import { SETUP_VARIABLE } from '../protocol';

const OF_N8N = /^(n8n-core|n8n-workflow|n8n-nodes-base|@n8n\/[^/]+)(\/|$)/;

type Resolve = (request: string, parent: { filename?: string | null } | null | undefined, ...rest: unknown[]) => string;

function redirectTo(folder: string): void {
	const loader = Module as unknown as { _resolveFilename: Resolve };
	const resolve = loader._resolveFilename;
	const modules = join(folder, 'node_modules') + sep;
	const ofN8n = createRequire(join(folder, 'package.json'));
	loader._resolveFilename = function (this: unknown, request, parent, ...rest) {
		const redirected = OF_N8N.test(request) && parent?.filename?.startsWith(modules) !== true;
		// Requests of this resolver must not be redirected again.
		if (redirected && parent?.filename !== join(folder, 'package.json')) return ofN8n.resolve(request);
		return resolve.call(this, request, parent, ...rest);
	};
}

const { n8n } = JSON.parse(process.env[SETUP_VARIABLE] ?? '{}') as Partial<EngineSetup>;
if (n8n !== undefined) redirectTo(n8n);
