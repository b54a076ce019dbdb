// Measures time (ms) and memory (bytes) that n8n's own loader needs for the package, in a fresh process. Argument: the package's folder.
import { LazyPackageDirectoryLoader } from 'n8n-core';

async function main(): Promise<void> {
	const collect = (): number => {
		// The second call frees what finalizers held.
		globalThis.gc?.();
		globalThis.gc?.();
		return process.memoryUsage().heapUsed;
	};
	const folder = process.argv[2] ?? '';
	// Not measured: initialisation that n8n has done for its own nodes before, such as starting its logger.
	await new LazyPackageDirectoryLoader(folder).loadAll();
	const before = collect();
	const began = performance.now();
	// Referenced to the end, because n8n also keeps what the loader has read.
	const loader = new LazyPackageDirectoryLoader(folder);
	await loader.loadAll();
	const ms = performance.now() - began;
	const bytes = collect() - before;
	console.log(JSON.stringify({ ms, bytes, nodes: loader.types.nodes.length }));
}

void main();
