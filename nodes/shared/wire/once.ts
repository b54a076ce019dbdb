/** Returns a function that calls `make` on its first call only. All calls share the result, even a failure. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}

/** Like `once`, but a failure is not kept: the next call tries again, since the cause (too many open files, for instance) may have passed. */
export function onceMade<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	const attempt = async (): Promise<T> => {
		try {
			return await make();
		} catch (error) {
			made = undefined;
			throw error;
		}
	};
	return () => (made ??= attempt());
}
