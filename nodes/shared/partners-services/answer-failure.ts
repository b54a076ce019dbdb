import { ServiceError } from '../errors/service-error';
import { answerRow, RECEIPT_HANDLE_REFUSED } from '../failures/partners-services';
import { type Sent, wordsOf } from './answer-words';
import { refusesReceiptHandle } from './receipt-handle';

/**
 * Returns the error for an unsuccessful answer.
 * @param retryAfterMs from the header `Retry-After`, in ms from now
 * @param sent what the answer may repeat but the error must not; without it, the error contains nothing from the answer
 */
export function answerFailure(status: number, body: string, retryAfterMs?: number, sent?: Sent): ServiceError {
	const isHandleRefused = refusesReceiptHandle(status, body, sent?.headers.receiptHandle);
	const row = isHandleRefused ? RECEIPT_HANDLE_REFUSED : answerRow(status, body);
	const message = row.message.endsWith(`(${status})`) ? row.message : `${row.message} (${status})`;
	const said = sent && wordsOf(body, sent);
	return new ServiceError(message, { ...row, statusCode: status, retryAfterMs, said });
}
