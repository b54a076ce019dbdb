/**
 * Makes a function that makes something when it is first called, and then gives the same to all. A failure is not kept: the next call
 * tries again, since what it failed of (a file that could not be opened, say) may have passed.
 */
export function whenNeeded<T>(make: () => Promise<T>): () => Promise<T> {
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
