/** What a failure means to the user: the columns of all tables in `failures/`. */
export interface Failure {
	message: string;
	/** What the user can do about it. */
	advice: string;
	/** Whether the same request may succeed if it is sent again. */
	retry: boolean;
	/** The request may have been carried out although its answer was lost. */
	answerLost?: true;
	/** What has to change before a request can succeed; left out if that is not certain. */
	causedBy?: Cause;
}

/**
 * `credential`: Roche refused a part of the credential, such as the client secret or the certificate. `configuration`: something that the node, the
 * credential's base URL or the proxy variables name does not exist or may not be used. `load`: too many requests.
 */
export type Cause = 'credential' | 'configuration' | 'load';
