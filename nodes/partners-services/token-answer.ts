import { isRecord } from '../formats/is-record';
import { jsonIn, jsonOrUndefined } from '../formats/json';
import { unusableAnswer } from './failures';
import { asAwsCredentials, type Token } from './token';

/** The parts of an answer, by their names in lower case without `_` and `-`. */
const NAMES: Record<string, string> = {
	accesskeyid: 'AccessKeyId',
	secretaccesskey: 'SecretAccessKey',
	sessiontoken: 'SessionToken',
	expiration: 'Expiration',
	awsresources: 'awsResources',
};

/** Wrappings in one another: an answer in a text in a list, say. */
const DEEPEST = 6;

/** Epoch times of the years 2001 to 2100: seconds and milliseconds have no number in common. */
const SECONDS = { from: 1e9, to: 4.11e9 };

/** The parts of an answer at their documented places; nothing of them has been checked. */
type Parts = { awsCredentials?: unknown; awsResources?: unknown };

/**
 * Reads the body of a Get Token answer.
 * @throws ServiceError when it is not JSON or lacks a part of the credentials
 */
export function readToken(body: string, originRequestId: string): Token {
	const answer = documentedForm(body);
	if (answer === undefined) throw unusableAnswer('ANSWER_NOT_JSON');
	const awsCredentials = asAwsCredentials(answer.awsCredentials);
	const awsResources = answer.awsResources ?? [];
	if (!awsCredentials || !Array.isArray(awsResources) || !awsResources.every((arn) => typeof arn === 'string')) {
		throw unusableAnswer('ANSWER_WITHOUT_CREDENTIALS');
	}
	return { awsCredentials, awsResources, originRequestId };
}

/**
 * Brings an answer of Get Token into the documented form where it has one meaning: names in other letters, `Expiration` as epoch time, one access
 * point without a list, the answer inside another object, list or text. Where there is a second meaning, no part of it is given out.
 * @param body JSON, or anything else
 * @returns undefined when it is not JSON
 */
function documentedForm(body: string): Parts | undefined {
	const answer = jsonOrUndefined(body.trim());
	if (answer === undefined) return undefined;
	const [first, ...others] = new Set(answersIn(answer, undefined, 0).map((one) => JSON.stringify(one)));
	return first !== undefined && others.length === 0 ? (JSON.parse(first) as Parts) : {};
}

/**
 * Every answer in the value: an object with credentials, and the access points that stand in it or around it.
 * @param around access points that stand around the value
 */
function answersIn(value: unknown, around: unknown, depth: number): Parts[] {
	if (depth > DEEPEST) return [];
	if (typeof value === 'string') return answersIn(jsonIn(value), around, depth + 1);
	if (Array.isArray(value)) return value.flatMap((member) => answersIn(member, around, depth + 1));
	if (!isRecord(value)) return [];
	const { awsResources = around, Expiration, ...keys } = documented(value);
	if ('AccessKeyId' in keys) {
		return [{ awsCredentials: { ...keys, Expiration: isoTime(Expiration) }, awsResources: asList(awsResources) }];
	}
	return Object.values(value).flatMap((member) => answersIn(member, awsResources, depth + 1));
}

/** The fields that are known, by their documented names; one that is there twice and differs says nothing. */
function documented(value: Record<string, unknown>): Record<string, unknown> {
	const found: Record<string, unknown> = {};
	for (const [name, member] of Object.entries(value)) {
		const known = NAMES[name.toLowerCase().replaceAll(/[_-]/g, '')];
		if (known === undefined) continue;
		found[known] = known in found && JSON.stringify(found[known]) !== JSON.stringify(member) ? null : member;
	}
	return found;
}

function asList(awsResources: unknown): unknown {
	return typeof awsResources === 'string' && /^arn:[^\s,]+$/.test(awsResources) ? [awsResources] : awsResources;
}

/** An epoch time, as a number or in digits, as ISO 8601; anything else stays. A small number may as well be a duration. */
function isoTime(value: unknown): unknown {
	if (typeof value !== 'number' && !(typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value))) return value;
	const time = Number(value);
	if (time >= SECONDS.from && time < SECONDS.to) return new Date(time * 1000).toISOString();
	if (time >= SECONDS.from * 1000 && time < SECONDS.to * 1000) return new Date(time).toISOString();
	return value;
}
