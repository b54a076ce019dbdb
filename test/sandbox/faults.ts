import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, FaultSpec, FaultTarget, RecordedRequest } from './types';

/** Faults that wait for their requests; the first that fits is taken. */
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

	/** @param subject the object key or the receipt handle that `match` is looked for in */
	take(target: FaultTarget, subject: string): Fault | undefined {
		const spec = this.queue.find((one) => one.target === target && subject.includes(one.match ?? ''));
		if (!spec) return undefined;
		spec.times = (spec.times ?? 1) - 1;
		if (spec.times <= 0) this.queue = this.queue.filter((one) => one !== spec);
		return spec.fault;
	}
}

/** What a server answers, before a fault spoils it. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer | Readable;
}

/** An answer whose length is known and whose type is given; without a body there is no type either. */
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
	/** Carries the request out. */
	answer: (body: string) => Promise<Answer>;
	/** Answer of a `status` fault that brings no body. */
	statusAnswer: (status: number) => Answer;
}

/** Answers one request, spoiled by its fault when it has one. Never rejects because the client went away. */
export async function respond(exchange: Exchange): Promise<void> {
	const { request, response, entry, fault } = exchange;
	if (fault) entry.fault = fault.kind;
	try {
		// A server reads the body before it answers. Few requests of these APIs have one.
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
		// Whoever waits for more learns that no more comes.
		if (fault?.kind === 'length') request.socket.end();
		return;
	}
	response.flushHeaders();
	await writeFirst(body, response, fault.afterBytes ?? 0);
	if (fault.kind === 'drop') request.socket.destroy();
}

/** The headers with a length that is not that of the body. */
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

/** Writes the first `bytes` of the body and waits until they are with the operating system. */
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
