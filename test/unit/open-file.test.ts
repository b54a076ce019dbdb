import { openPresigned } from '../../nodes/shared/access-point/open-file';
import { parsePresignedUrl } from '../../nodes/shared/access-point/presigned-url';
import { obeyEgressFilter } from '../../nodes/shared/wire/egress';

afterEach(() => {
	obeyEgressFilter(undefined);
});

it('a cancelled download ends at once, also while the egress filter is at work', async () => {
	obeyEgressFilter({
		validateUrl: async () => await new Promise(() => undefined),
		createSecureLookup: () => () => undefined,
	});
	const cancel = new AbortController();
	const file = parsePresignedUrl('https://bucket.s3.us-east-1.amazonaws.com/a.json?X-Amz-Signature=0');
	const opening = openPresigned(file, { timeout: 60_000, signal: cancel.signal });
	cancel.abort();
	await expect(opening).rejects.toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
});
