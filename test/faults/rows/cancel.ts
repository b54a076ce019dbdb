import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/types';
import { CANCELLED, each, type Row, type Stage } from '../matrix';

const POLL_INTERVAL = 20;

/** From the request's arrival to the stop button: the fault has happened by then, in ms. */
const PAUSE = 150;

/** Longer than any test. In seconds. */
const RETRY_AFTER = '60';

/** Presses n8n's stop button soon after the first request, or after the first connection to the proxy. */
function cancelAfter({ rig, target, cancel, afterwards }: Stage, first: 'request' | 'connection'): void {
	const seen = async (): Promise<number> =>
		first === 'connection' ? rig.proxy.connections : (await rig.sandbox.requests(target)).length;
	const before = first === 'connection' ? rig.proxy.connections : 0;
	let isOver = false;
	const cancelled = (async () => {
		while (!isOver && (await seen()) === before) await sleep(POLL_INTERVAL);
		await sleep(PAUSE);
		cancel();
	})();
	afterwards(async () => {
		isOver = true;
		await cancelled;
	});
}

function cancelIn(what: string, fault: Fault, columns?: Parameters<typeof each>[1]): Row {
	return {
		fault: `stopped ${what}`,
		cause: async (stage) => {
			// No timeout may end the run before the stop button does.
			stage.options.timeout = 30_000;
			await stage.rig.sandbox.fault({ target: stage.target, times: 99, fault });
			cancelAfter(stage, 'request');
		},
		expected: each(CANCELLED, columns),
	};
}

/** n8n's stop button, at each stage of a request. */
export const CANCEL: Row[] = [
	{
		fault: 'stopped while connecting',
		cause: (stage) => {
			// Shorter than the 10 s in which a connection must be made: if that ended the run, it would not be in time.
			stage.options.timeout = 9_000;
			stage.rig.proxy.set(stage.side, { kind: 'hold' });
			cancelAfter(stage, 'connection');
		},
		expected: each(CANCELLED),
	},
	cancelIn('before the headers', { kind: 'stall', when: 'headers' }),
	cancelIn('in the body', { kind: 'stall', when: 'body', afterBytes: 100 }, ['token', 'file', 'URL']),
	cancelIn('in the pause before the next attempt', {
		kind: 'status',
		status: 503,
		headers: { 'Retry-After': RETRY_AFTER },
	}),
	cancelIn('while a cut download goes on', { kind: 'drop', when: 'in-body', afterBytes: 0 }, ['file', 'URL']),
];
