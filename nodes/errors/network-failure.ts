/** One row of a failure table: what a network-level failure means to the user. `HOST` in a text is replaced by the host that was called. */
export interface NetworkFailure {
	code: RegExp;
	message: string;
	advice: string;
	retry: boolean;
	/** The server may have carried out the request, and only the answer was lost. */
	answerLost?: true;
}
