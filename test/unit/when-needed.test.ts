import { whenNeeded } from '../../nodes/wire/when-needed';

describe('what is made when it is needed', () => {
	it('is made once for all', async () => {
		let made = 0;
		const get = whenNeeded(async () => await Promise.resolve(++made));
		expect(made).toBe(0);
		expect(await Promise.all([get(), get()])).toEqual([1, 1]);
		expect(await get()).toBe(1);
	});

	it('is made again after a failure, which all hear of that waited for it', async () => {
		let attempts = 0;
		const get = whenNeeded(async () => {
			attempts += 1;
			await Promise.resolve();
			if (attempts === 1) throw new Error('too many open files');
			return attempts;
		});
		const first = await Promise.allSettled([get(), get()]);
		expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(await Promise.all([get(), get()])).toEqual([2, 2]);
	});
});
