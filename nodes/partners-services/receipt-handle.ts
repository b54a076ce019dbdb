import { textsOf } from './answer-texts';

/** With which statuses a refusal comes: Roche's is 400; SQS has 404 for it, too, and a gateway passes its error on with others. */
const STATUSES = new Set([400, 404, 409, 410, 422, 500]);

const HANDLE = 'receipt[\\s_-]?handle';
const BAD =
	"invalid|expired|unknown|malformed|stale|(?:not|n't|no longer) (?:an? )?(?:valid|known|found|recogni[sz]ed)|does(?: not|n't) exist";

/**
 * The forms in which Roche, or SQS behind it, refuses a receipt handle, each within one text of the answer. Roche (implementation guide): "The input
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
 * Whether an answer refuses the receipt handle that was sent: it is an older one, or the message is acknowledged already. A handle that is missing
 * or that nobody speaks of is something else.
 * @param sent the receipt handle, which may be repeated and hold any words; undefined when none was sent
 */
export function refusesReceiptHandle(status: number, body: string, sent: string | undefined): boolean {
	if (!STATUSES.has(status)) return false;
	return textsOf(body)
		.map((text) => (sent ? text.replaceAll(sent, '') : text))
		.some((text) => FORMS.some((form) => form.test(text)));
}
