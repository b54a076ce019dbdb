import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { grantedAccessPoints } from '../node-support/credential';

/** The list of the parameter "Access Point": what the credential's token grants, each by the last part of its ARN. */
export async function searchAccessPoints(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	const arns = await grantedAccessPoints(this);
	return { results: arns.map((arn) => ({ name: arn.replace(/^.*[:/](?=.)/, ''), value: arn })) };
}
