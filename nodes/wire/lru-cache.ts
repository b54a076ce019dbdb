/** Keeps the most recently used entries. What falls out is dropped, not closed: a user of it may still be at work. */
export class LruCache<T> {
	private readonly entries = new Map<string, T>();

	/** @param capacity how many entries are kept */
	constructor(private readonly capacity: number) {}

	/** The entry of a key, made by `make` when there is none that can be used. What `make` throws is not kept. */
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
