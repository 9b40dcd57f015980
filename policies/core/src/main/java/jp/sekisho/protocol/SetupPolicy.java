package jp.sekisho.protocol;

/**
 * The first root and policy that officers signed: {@code POST /api/v1/setup/policy}, after a
 * step-up for the SHA-256 of this very body. All files base64url.
 *
 * @param rootHash of the root, as an officer told it by another way
 */
public record SetupPolicy(
    String root, String rootSignatures, String policy, String policySignatures, String rootHash) {}
