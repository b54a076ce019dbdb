/** One row: what a network-level failure means to the user. `HOST` stands for the host that was called. */
export interface NetworkFailure {
	code: RegExp;
	message: string;
	advice: string;
	retry: boolean;
	/** The request may have reached the server before the failure. */
	answerLost?: true;
}
