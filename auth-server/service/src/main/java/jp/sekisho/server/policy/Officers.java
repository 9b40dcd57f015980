package jp.sekisho.server.policy;

import java.util.List;
import jp.sekisho.policy.Policy;
import jp.sekisho.policy.ScopedLayer;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Trusted;

/** What officers and delegates signed; layers that nobody names any more are left out. */
public record Officers(
    Trusted<Root> root, Trusted<Policy> policy, List<Trusted<ScopedLayer>> layers) {}
