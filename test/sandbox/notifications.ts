import { randomBytes, randomUUID } from 'node:crypto';
import { Agent, fetch, type RequestInit } from 'undici';
import { notificationBody } from './notification-body';
import { SandboxRequestError } from './request-error';
import type {
	NotifyRequest,
	NotifyResult,
	RocheNotification,
	SandboxDelivery,
	SandboxMessage,
	SandboxSettings,
} from './types';

/** Without an ACK, Roche redelivers after 30 minutes, up to three times (implementation guide). */
const REDELIVERY_MS = 30 * 60 * 1000;
const MAX_REDELIVERIES = 3;
const CALLBACK_TIMEOUT_MS = 30_000;
/** A new connection per notification: a busy receiver may close an idle one as the next request is sent on it. */
const ONE_REQUEST_EACH = new Agent({ pipelining: 0 });
const DEFAULT_PRESIGN = { field: 'presignedUrl', expiresSeconds: 3600 };

interface Pending {
	message: SandboxMessage;
	request: NotifyRequest;
	accessPoint: string;
	createdAt: string;
	redeliveries: number;
	timer?: NodeJS.Timeout;
}

export interface NotificationParts {
	orgId: string;
	/** ARN named in notifications, unless the request gives another one. */
	accessPoint: string;
	settings: SandboxSettings;
	/** Returns a pre-signed URL. */
	presign: (objectKey: string, expiresSeconds: number, accessPoint: string) => string;
}

/** Returns a handle like those of SQS: `AQEB...`, base64 with `+`, `/` and `=`. */
function newReceiptHandle(): string {
	return `AQEB+/${randomBytes(157).toString('base64')}`;
}

/** Messages, their deliveries and receipts. Every delivery has a new handle and makes earlier handles stale. */
export class Notifications {
	private readonly pending = new Map<string, Pending>();
	private readonly byHandle = new Map<string, Pending>();

	constructor(private readonly parts: NotificationParts) {}

	/** Creates a message and delivers it. */
	async send(request: NotifyRequest): Promise<NotifyResult> {
		if (!request.objectKey) throw new SandboxRequestError('objectKey is missing');
		const { objectKey } = request;
		const messageId = randomUUID();
		const one: Pending = {
			message: { messageId, objectKey, deliveries: [], acknowledged: false },
			request,
			accessPoint: request.accessPoint ?? this.parts.accessPoint,
			createdAt: String(Date.now()),
			redeliveries: 0,
		};
		this.pending.set(messageId, one);
		return await this.deliver(one);
	}

	/** @throws SandboxRequestError for an unknown message */
	async redeliver(messageId: string): Promise<NotifyResult> {
		const one = this.pending.get(messageId);
		if (!one) throw new SandboxRequestError(`No such message: ${messageId}`);
		return await this.deliver(one);
	}

	/** @returns whether the ACK is answered with 200; false = not a valid receipt handle */
	acknowledge(receiptHandle: string, operationId: string | null): boolean {
		const one = this.byHandle.get(receiptHandle);
		if (!one) return false;
		const { message } = one;
		const fresh = message.deliveries.at(-1)?.receiptHandle === receiptHandle && !message.acknowledged;
		if (!fresh) return this.parts.settings.staleHandle === 'ignore';
		message.acknowledged = true;
		message.acknowledgedAt = new Date().toISOString();
		message.acknowledgedWith = { receiptHandle, operationId };
		clearTimeout(one.timer);
		return true;
	}

	list(): SandboxMessage[] {
		return [...this.pending.values()].map((one) => one.message);
	}

	/** Restarts the redelivery timers after a change of speed. */
	reschedule() {
		for (const one of this.pending.values()) this.schedule(one);
	}

	close() {
		for (const one of this.pending.values()) clearTimeout(one.timer);
		this.pending.clear();
	}

	private async deliver(one: Pending): Promise<NotifyResult> {
		const delivery: SandboxDelivery = {
			receiptHandle: newReceiptHandle(),
			operationId: randomUUID(),
			at: new Date().toISOString(),
		};
		const notification = this.notification(one, delivery.receiptHandle);
		const written = notificationBody(notification, one.request.form);
		one.message.deliveries.push(delivery);
		this.byHandle.set(delivery.receiptHandle, one);
		this.schedule(one);
		const { operationId } = delivery;
		if (one.request.callbackUrl === undefined) return { notification, operationId };
		const headers = { ...written.headers, 'x-operation-id': operationId, ...authorization(one.request.callbackAuth) };
		const outcome = await post(one.request.callbackUrl, { ...written, headers });
		Object.assign(delivery, outcome);
		return { notification, operationId, ...outcome };
	}

	private schedule(one: Pending) {
		clearTimeout(one.timer);
		const { message, request } = one;
		if (message.acknowledged || request.callbackUrl === undefined || one.redeliveries >= MAX_REDELIVERIES) return;
		const last = Date.parse(message.deliveries.at(-1)?.at ?? '');
		const due = last + REDELIVERY_MS / this.parts.settings.redeliverySpeed;
		one.timer = setTimeout(
			() => {
				one.redeliveries += 1;
				void this.deliver(one);
			},
			Math.max(0, due - Date.now()),
		);
		one.timer.unref();
	}

	private notification(one: Pending, receiptHandle: string): RocheNotification {
		const { objectKey, presigned, messageType } = one.request;
		const reference: Record<string, string> = { accesspoint: one.accessPoint, objectKey };
		if (presigned) {
			const { field, expiresSeconds } = presigned === true ? DEFAULT_PRESIGN : presigned;
			reference[field] = this.parts.presign(objectKey, expiresSeconds, one.accessPoint);
		}
		return {
			EmrOid: this.parts.orgId,
			MessageId: one.message.messageId,
			MessageType: messageType ?? (objectKey.endsWith('.xml') ? 'Clinical Report' : 'Clinical Data'),
			MessageCreatedAt: one.createdAt,
			MessageReference: reference,
			MessageReceiptHandle: receiptHandle,
		};
	}
}

async function post(url: string, { headers, body }: Pick<RequestInit, 'headers' | 'body'>) {
	try {
		const response = await fetch(url, {
			dispatcher: ONE_REQUEST_EACH,
			method: 'POST',
			headers,
			body,
			redirect: 'manual',
			signal: AbortSignal.timeout(CALLBACK_TIMEOUT_MS),
		});
		await response.arrayBuffer();
		return { callbackStatus: response.status };
	} catch (error) {
		const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
		return { callbackError: cause instanceof Error ? cause.message || cause.name : String(cause) };
	}
}

function authorization(auth: NotifyRequest['callbackAuth']): Record<string, string> {
	if (!auth) return {};
	if ('headerName' in auth) return { [auth.headerName]: auth.headerValue };
	return { Authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password}`, 'utf8').toString('base64')}` };
}
