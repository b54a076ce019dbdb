/** Makes a function that does its work at the first call only; all calls share the result, a failure too. */
export function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}
