import { isRecord } from '../formats/is-record';
import { jsonIn, jsonOrUndefined } from '../formats/json';
import { unusableAnswer } from '../failures/partners-services';
import { asAwsCredentials, type Token } from './token';

/** The parts of an answer, by their names in lower case without `_` and `-`. */
const NAMES: Record<string, string> = {
	accesskeyid: 'AccessKeyId',
	secretaccesskey: 'SecretAccessKey',
	sessiontoken: 'SessionToken',
	expiration: 'Expiration',
	awsresources: 'awsResources',
};

/** Most levels of nesting around an answer, for instance a string within an array. */
const DEEPEST = 6;

/** Epoch times of the years 2001 to 2100: seconds and milliseconds have no number in common. */
const SECONDS = { from: 1e9, to: 4.11e9 };

/** The parts of an answer under their documented names, unchecked. */
type Parts = { awsCredentials?: unknown; awsResources?: unknown };

/**
 * Reads the body of a Get Token answer.
 * @throws ServiceError when it is not JSON, lacks a part of the credentials, is ambiguous, or has access points that are not a list of strings
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
 * Brings a Get Token answer into the documented form if it has only one meaning: accepts names in another spelling, `Expiration` as epoch time,
 * a single access point without a list, and an answer inside another object, array or string.
 * @param body JSON, or anything else
 * @returns undefined if it is not JSON; no parts if it contains no credentials or several different ones
 */
function documentedForm(body: string): Parts | undefined {
	const answer = jsonOrUndefined(body.trim());
	if (answer === undefined) return undefined;
	const [first, ...others] = new Set(answersIn(answer, undefined, 0).map((one) => JSON.stringify(one)));
	return first !== undefined && others.length === 0 ? (JSON.parse(first) as Parts) : {};
}

/**
 * Returns every answer in the value: an object with credentials, together with the access points in it or in an object around it.
 * @param around access points from an object around the value
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

/** Returns the known fields under their documented names; one that occurs twice with different values becomes null. */
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

/** Converts an epoch time, a number or digits, to ISO 8601; returns anything else unchanged. A small number could also be a duration. */
function isoTime(value: unknown): unknown {
	if (typeof value !== 'number' && !(typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value))) return value;
	const time = Number(value);
	if (time >= SECONDS.from && time < SECONDS.to) return new Date(time * 1000).toISOString();
	if (time >= SECONDS.from * 1000 && time < SECONDS.to * 1000) return new Date(time).toISOString();
	return value;
}
