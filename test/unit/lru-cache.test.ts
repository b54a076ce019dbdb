import { LruCache } from '../../nodes/shared/wire/lru-cache';

/** Returns a cache, and the keys of the created entries, in order. */
function cacheOf(capacity: number) {
	const cache = new LruCache<string>(capacity);
	const made: string[] = [];
	const use = (...keys: string[]): void => {
		for (const key of keys) {
			const entry = cache.getOrMake(key, () => {
				made.push(key);
				return `entry of ${key}`;
			});
			expect(entry).toBe(`entry of ${key}`);
		}
	};
	return { use, made };
}

describe('a cache of the most recently used entries', () => {
	it('creates an entry once', () => {
		const { use, made } = cacheOf(2);
		use('a', 'a', 'b', 'a', 'b');
		expect(made).toEqual(['a', 'b']);
	});

	it('keeps as many entries as its capacity', () => {
		const { use, made } = cacheOf(3);
		use('a', 'b', 'c', 'a', 'b', 'c');
		expect(made).toEqual(['a', 'b', 'c']);
	});

	it('drops the least recently used entry', () => {
		const { use, made } = cacheOf(2);
		use('a', 'b', 'a', 'c', 'a');
		expect(made).toEqual(['a', 'b', 'c']);
		use('b');
		expect(made).toEqual(['a', 'b', 'c', 'b']);
	});

	it('keeps no entry whose creation failed', () => {
		const cache = new LruCache<string>(2);
		const fail = (): string => {
			throw new Error('no');
		};
		expect(() => cache.getOrMake('a', fail)).toThrow('no');
		expect(cache.getOrMake('a', () => 'made')).toBe('made');
	});

	it('has no keys of its own, such as "constructor"', () => {
		const { use, made } = cacheOf(2);
		use('constructor', '__proto__');
		expect(made).toEqual(['constructor', '__proto__']);
	});
});
