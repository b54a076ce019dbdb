import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { onAbort, untilAborted } from '../../nodes/shared/wire/abort';

const REASON = new Error('cancelled by the user');
const never = new Promise<never>(() => undefined);

describe('onAbort', () => {
	it('calls at once if the signal has aborted', () => {
		const listener = jest.fn();
		onAbort(AbortSignal.abort(REASON), listener);
		expect(listener).toHaveBeenCalledTimes(1);
	});

	it('does not call a removed listener', () => {
		const cancel = new AbortController();
		const listener = jest.fn();
		onAbort(cancel.signal, listener)();
		cancel.abort();
		expect(listener).not.toHaveBeenCalled();
	});
});

describe('untilAborted', () => {
	it.each(['before', 'during'])('rejects with the reason if the signal aborts %s the work', async (when) => {
		const cancel = new AbortController();
		if (when === 'before') cancel.abort(REASON);
		const waiting = untilAborted(cancel.signal, never);
		cancel.abort(REASON);
		await expect(waiting).rejects.toBe(REASON);
	});

	it('ignores work that fails later', async () => {
		const late = Promise.reject(new Error('late'));
		await expect(untilAborted(AbortSignal.abort(REASON), late)).rejects.toBe(REASON);
		await setImmediate();
	});

	it('leaves no listener behind on the signal of a run', async () => {
		const { signal } = new AbortController();
		for (let count = 0; count < 3; count += 1) await untilAborted(signal, Promise.resolve());
		await expect(untilAborted(signal, Promise.reject(REASON))).rejects.toBe(REASON);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});
});
