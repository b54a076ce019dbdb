import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { grantedAccessPoints } from '../shared/node-support/credential';

/**
 * Returns the list of the parameter "Access Point": the access points that the credential's token grants, named by the last part of their ARN.
 * @throws as `grantedAccessPoints`
 */
export async function searchAccessPoints(this: ILoadOptionsFunctions): Promise<INodeListSearchResult> {
	const arns = await grantedAccessPoints(this);
	return { results: arns.map((arn) => ({ name: arn.replace(/^.*[:/](?=.)/, ''), value: arn })) };
}
