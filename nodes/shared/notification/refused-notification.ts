/** The request is refused: the answer has a status and a sentence, and nothing starts. The sentence repeats nothing of the request. */
export class RefusedNotification extends Error {
	override readonly name = 'RefusedNotification';

	/**
	 * @param status HTTP status of the answer
	 * @param problem a sentence for anyone who reads the caller's log
	 * @param field name of the notification's field that is wrong, such as `MessageReference.objectKey`
	 */
	constructor(
		readonly status: 400 | 401 | 403 | 413 | 415 | 422 | 500,
		problem: string,
		readonly field?: string,
	) {
		super(problem);
	}
}
