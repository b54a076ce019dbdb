import { readFileSync, writeFileSync } from 'node:fs';

/** Clock ticks per second of /proc (USER_HZ), the same on every Linux. */
const TICKS_PER_SECOND = 100;
const BYTES_PER_KB = 1024;

/** Returns the CPU time that a process has used, in ms. Linux only. */
export function cpuMs(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	// The second field is the program's name in brackets and may contain spaces.
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	const [user, system] = [Number(fields[11]), Number(fields[12])];
	return ((user + system) * 1000) / TICKS_PER_SECOND;
}

/** Resets the memory peak of a process. */
export function forgetPeak(pid: number): void {
	writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Returns current and peak memory of a process, in bytes. */
export function memory(pid: number): { now: number; peak: number } {
	const status = readFileSync(`/proc/${pid}/status`, 'utf8');
	const of = (name: string): number =>
		Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * BYTES_PER_KB;
	return { now: of('VmRSS'), peak: of('VmHWM') };
}
