import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Resources } from '../protocol';

/** Without the flag at the process's start there is no other way to the garbage collector. */
function runGarbageCollector(): void {
	setFlagsFromString('--expose-gc');
	(runInNewContext('gc') as () => void)();
}

/** What this process holds now. */
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
