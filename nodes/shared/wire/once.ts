/** Returns a function that calls `make` on its first call only. All calls share the result, a failure too. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}

/** Like {@link once}, but a failure is not kept: the next call tries again, since the cause (too many open files, for instance) may have passed. */
export function onceMade<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return async () => {
		const making = (made ??= make());
		try {
			return await making;
		} catch (error) {
			if (made === making) made = undefined;
			throw error;
		}
	};
}
