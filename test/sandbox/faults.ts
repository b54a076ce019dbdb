import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultSpec, FaultTarget, RecordedRequest } from './types';

/** Queue of pending faults. The first one that matches a request is applied to it. */
export class FaultQueue {
	private queue: FaultSpec[] = [];

	add(spec: FaultSpec) {
		this.queue.push({ ...spec, times: spec.times ?? 1 });
	}

	clear() {
		this.queue = [];
	}

	list(): FaultSpec[] {
		return this.queue;
	}

	/** @param subject the object key or receipt handle that must contain the fault's `match` */
	take(target: FaultTarget, subject: string): Fault | undefined {
		const spec = this.queue.find((one) => one.target === target && subject.includes(one.match ?? ''));
		if (!spec) return undefined;
		spec.times = (spec.times ?? 1) - 1;
		if (spec.times <= 0) this.queue = this.queue.filter((one) => one !== spec);
		return spec.fault;
	}
}

/** A server's answer before a fault is applied. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer | Readable;
}

/** Creates an answer with Content-Length and, unless the body is empty, Content-Type. */
export function textAnswer(status: number, body: string, contentType = 'application/json'): Answer {
	const buffer = Buffer.from(body, 'utf8');
	return {
		status,
		headers: { ...(body === '' ? {} : { 'Content-Type': contentType }), 'Content-Length': String(buffer.length) },
		body: buffer,
	};
}

interface Exchange {
	request: IncomingMessage;
	response: ServerResponse;
	entry: RecordedRequest;
	fault: Fault | undefined;
	/** Executes the request. */
	answer: (body: string) => Promise<Answer>;
	/** Returns the answer for a `status` fault without a body. */
	statusAnswer: (status: number) => Answer;
}

/** Answers one request and applies its fault, if any. Does not reject if the client disconnects. */
export async function respond(exchange: Exchange): Promise<void> {
	const { request, response, entry, fault } = exchange;
	if (fault) entry.fault = fault.kind;
	try {
		// Real servers read the body before they answer.
		const body = await text(request);
		entry.bodyBytes = Buffer.byteLength(body);
		if (fault?.kind === 'stall' && fault.when === 'headers') return;
		if (fault?.kind === 'drop' && fault.when === 'before-headers') {
			request.socket.destroy();
			return;
		}
		if (fault?.kind === 'delay') await sleep(fault.ms);
		if (fault?.kind === 'status') {
			await send(exchange, statusAnswer(fault, exchange));
			return;
		}
		const answer = await exchange.answer(body);
		if (fault?.kind === 'process-then-drop') {
			if (answer.body instanceof Readable) answer.body.destroy();
			request.socket.destroy();
			return;
		}
		await send(exchange, answer);
	} catch {
		response.destroy();
	}
}

function statusAnswer(fault: Extract<Fault, { kind: 'status' }>, { statusAnswer: usual }: Exchange): Answer {
	const answer = fault.body === undefined ? usual(fault.status) : textAnswer(fault.status, fault.body);
	return { ...answer, headers: { ...answer.headers, ...fault.headers } };
}

async function send({ request, response, entry, fault }: Exchange, answer: Answer): Promise<void> {
	entry.status = answer.status;
	response.writeHead(answer.status, fault?.kind === 'length' ? otherLength(answer.headers, fault.by) : answer.headers);
	if (!fault && Buffer.isBuffer(answer.body)) {
		response.end(answer.body);
		return;
	}
	const body =
		answer.body instanceof Readable ? answer.body : Readable.from(answer.body.length > 0 ? [answer.body] : []);
	if (fault?.kind === 'corrupt') {
		await pipeline(body, flipOneByte, response);
		return;
	}
	const cut =
		(fault?.kind === 'drop' && fault.when === 'in-body') || (fault?.kind === 'stall' && fault.when === 'body');
	if (!cut) {
		await pipeline(body, response);
		// Tells a client that waits for more bytes that the body has ended.
		if (fault?.kind === 'length') request.socket.end();
		return;
	}
	response.flushHeaders();
	await writeFirst(body, response, fault.afterBytes ?? 0);
	if (fault.kind === 'drop') request.socket.destroy();
}

/** Returns the headers with a Content-Length that differs from the body's length. */
function otherLength(headers: Record<string, string>, by: number): Record<string, string> {
	const changed = Object.entries(headers).map(([name, value]): [string, string] =>
		name.toLowerCase() === 'content-length' ? [name, String(Math.max(0, Number(value) + by))] : [name, value],
	);
	return Object.fromEntries(changed);
}

async function* flipOneByte(body: AsyncIterable<Buffer>) {
	let done = false;
	for await (const chunk of body) {
		const copy = Buffer.from(chunk);
		const at = copy.length >> 1;
		if (!done && copy.length > 0) copy[at] = (copy[at] ?? 0) ^ 0x01;
		done = true;
		yield copy;
	}
}

/** Writes the first `bytes` bytes of the body and waits until the operating system has accepted them. */
async function writeFirst(body: Readable, response: ServerResponse, bytes: number) {
	let left = bytes;
	for await (const chunk of body as AsyncIterable<Buffer>) {
		const part = chunk.subarray(0, left);
		left -= part.length;
		if (part.length > 0)
			await new Promise<void>((resolve) =>
				response.write(part, () => {
					resolve();
				}),
			);
		if (left <= 0) break;
	}
}
