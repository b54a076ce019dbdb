// What n8n's own loader needs for the package, in a fresh process: ms and bytes. One argument: the package's folder.
import { LazyPackageDirectoryLoader } from 'n8n-core';

async function main(): Promise<void> {
	const collect = (): number => {
		// Once frees, once more frees what finalizers held.
		globalThis.gc?.();
		globalThis.gc?.();
		return process.memoryUsage().heapUsed;
	};
	const folder = process.argv[2] ?? '';
	// What n8n has done by then for its own nodes, such as starting its logger.
	await new LazyPackageDirectoryLoader(folder).loadAll();
	const before = collect();
	const began = performance.now();
	// Kept to the end: what it has read is what n8n holds.
	const loader = new LazyPackageDirectoryLoader(folder);
	await loader.loadAll();
	const ms = performance.now() - began;
	const bytes = collect() - before;
	console.log(JSON.stringify({ ms, bytes, nodes: loader.types.nodes.length }));
}

void main();
