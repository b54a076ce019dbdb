import { once, onceMade } from '../../nodes/shared/wire/once';

describe('a value that is created on first use', () => {
	it.each([
		['once', once],
		['onceMade', onceMade],
	])('is created once for all callers: %s', async (_, make) => {
		let made = 0;
		const get = make(async () => await Promise.resolve(++made));
		expect(made).toBe(0);
		expect(await Promise.all([get(), get()])).toEqual([1, 1]);
		expect(await get()).toBe(1);
	});

	it('is not created again after a failure: once', async () => {
		let attempts = 0;
		const get = once(async () => await Promise.reject(new Error(`attempt ${++attempts}`)));
		await expect(get()).rejects.toThrow('attempt 1');
		await expect(get()).rejects.toThrow('attempt 1');
	});

	it('is created again after a failure, which all waiting callers receive: onceMade', async () => {
		let attempts = 0;
		const get = onceMade(async () => {
			attempts += 1;
			await Promise.resolve();
			if (attempts === 1) throw new Error('too many open files');
			return attempts;
		});
		const first = await Promise.allSettled([get(), get()]);
		expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(await Promise.all([get(), get()])).toEqual([2, 2]);
	});

	it('is created again after a failure before anything was awaited: onceMade', async () => {
		let attempts = 0;
		const get = onceMade(() => {
			attempts += 1;
			if (attempts === 1) throw new Error('no TLS context');
			return Promise.resolve(attempts);
		});
		await expect(get()).rejects.toThrow('no TLS context');
		expect(await get()).toBe(2);
	});
});
