/** Keeps the most recently used entries. Evicted entries are dropped, not closed: they may still be in use. */
export class LruCache<T> {
	private readonly entries = new Map<string, T>();

	/** @param capacity how many entries are kept */
	constructor(private readonly capacity: number) {}

	/**
	 * Returns the entry of a key. Creates it with `make` if it is missing or cannot be used.
	 * @throws what `make` throws, which is not kept
	 */
	getOrMake(key: string, make: () => T, canBeUsed: (entry: T) => boolean = () => true): T {
		const kept = this.entries.get(key);
		const entry = kept !== undefined && canBeUsed(kept) ? kept : make();
		// A Map keeps the order of insertion: the first key is the one that was not used for longest.
		this.entries.delete(key);
		this.entries.set(key, entry);
		const [oldest] = this.entries.keys();
		if (this.entries.size > this.capacity && oldest !== undefined) this.entries.delete(oldest);
		return entry;
	}
}
