import { textsOf } from './answer-texts';

/** Statuses of a refusal: Roche uses 400, SQS also 404, and a gateway may pass on the error with others. */
const STATUSES = new Set([400, 404, 409, 410, 422, 500]);

const HANDLE = 'receipt[\\s_-]?handle';
const BAD =
	"invalid|expired|unknown|malformed|stale|(?:not|n't|no longer) (?:an? )?(?:valid|known|found|recogni[sz]ed)|does(?: not|n't) exist";

/**
 * The ways in which Roche, or SQS behind it, refuses a receipt handle, each within one string of the answer. Roche (implementation guide): "The input
 * receipt handle "..." is not a valid receipt handle." SQS (API reference, DeleteMessage; issue threads of its SDKs): "The input receipt handle is
 * invalid.", "Value ... for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.", and names of errors with or without
 * `AWS.SimpleQueueService.` or `com.amazonaws.sqs#` in front.
 */
const FORMS = [
	new RegExp(`\\b${HANDLE}[^.;:]{0,60}?\\b(?:${BAD})`, 'i'),
	new RegExp(`\\b(?:${BAD}) (?:\\w+ )?${HANDLE}\\b`, 'i'),
	/\b(ReceiptHandle(Is)?(Invalid|Expired)|InvalidReceiptHandle|MessageNotInflight)(Exception)?\b/,
];

/**
 * Whether an answer refuses the receipt handle that was sent: it is an older one, or the message is already acknowledged. An answer that reports a
 * missing handle, or does not mention it, does not count.
 * @param sent the receipt handle, which the answer may repeat and which may contain any words; undefined if none was sent
 */
export function refusesReceiptHandle(status: number, body: string, sent: string | undefined): boolean {
	if (!STATUSES.has(status)) return false;
	return textsOf(body)
		.map((text) => (sent ? text.replaceAll(sent, '') : text))
		.some((text) => FORMS.some((form) => form.test(text)));
}
