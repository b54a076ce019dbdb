/** Network error codes with the same meaning for the user. */
export interface NetworkRow {
	codes: readonly string[];
	/** HOST represents the called host. */
	message: string;
	/** Part of the advice. */
	advice: string;
	retry: boolean;
	answerLost?: true;
}

export const row = (codes: readonly string[], message: string, advice: string, retry: boolean): NetworkRow => ({
	codes,
	message,
	advice,
	retry,
});
export const lost = (...args: Parameters<typeof row>): NetworkRow => ({ ...row(...args), answerLost: true });
