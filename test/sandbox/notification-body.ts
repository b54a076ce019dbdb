import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { SandboxRequestError } from './request-error';
import type { NotificationForm, RocheNotification } from './types';

const SHAPES: Record<NonNullable<NotificationForm['shape']>, (notification: RocheNotification) => unknown> = {
	object: (notification) => notification,
	url: ({ MessageReference, ...rest }) => {
		const url = Object.values(MessageReference).find((text) => text.startsWith('https:'));
		if (url === undefined) throw new SandboxRequestError('The shape "url" requires "presigned": true');
		return { ...rest, MessageReference: url };
	},
	text: ({ MessageReference, ...rest }) => ({ ...rest, MessageReference: JSON.stringify(MessageReference) }),
	list: (notification) => [notification],
	webhook: (body) => ({ headers: { 'content-type': 'application/json' }, params: {}, query: {}, body }),
};

const CHARSETS: Record<NonNullable<NotificationForm['charset']>, (text: string) => Buffer> = {
	'utf-8': (text) => Buffer.from(text),
	bom: (text) => Buffer.from(`\uFEFF${text}`),
	'iso-8859-1': (text) => Buffer.from(text, 'latin1'),
	'utf-16le': (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
};

const COMPRESSIONS: Record<NonNullable<NotificationForm['compression']>, (bytes: Buffer) => Buffer> = {
	gzip: (bytes) => gzipSync(bytes),
	deflate: (bytes) => deflateSync(bytes),
	br: (bytes) => brotliCompressSync(bytes),
};

/** Returns a notification's body in the requested form, and the headers that describe it. */
export function notificationBody(
	notification: RocheNotification,
	{ shape = 'object', charset = 'utf-8', compression, contentType = 'application/json' }: NotificationForm = {},
): { body: Buffer<ArrayBuffer>; headers: Record<string, string> } {
	const bytes = chosen(CHARSETS, charset)(JSON.stringify(chosen(SHAPES, shape)(notification)));
	const body = compression === undefined ? bytes : chosen(COMPRESSIONS, compression)(bytes);
	return {
		body: Buffer.from(body),
		headers: { 'Content-Type': contentType, ...(compression !== undefined && { 'Content-Encoding': compression }) },
	};
}

function chosen<T>(table: Record<string, T>, name: string): T {
	const one = Object.hasOwn(table, name) ? table[name] : undefined;
	if (one === undefined)
		throw new SandboxRequestError(`Unknown value "${name}"; allowed: ${Object.keys(table).join(', ')}`);
	return one;
}
