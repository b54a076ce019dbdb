import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Resources } from '../protocol';

/** Runs the garbage collector. A process started without --expose-gc has no other way to do this. */
function runGarbageCollector(): void {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as () => void)();
}

/** Returns the resources that this process uses now. */
export function resources({ collectGarbage }: { collectGarbage: boolean }): Resources {
	if (collectGarbage) runGarbageCollector();
	const { rss, heapUsed, external } = process.memoryUsage();
	return { active: process.getActiveResourcesInfo(), descriptors: openDescriptors(), rss, heapUsed, external };
}

function openDescriptors(): number | undefined {
	try {
		return readdirSync('/proc/self/fd').length;
	} catch {
		return undefined;
	}
}
