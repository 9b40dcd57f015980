package jp.sekisho.policy.trust;
import java.nio.file.*;
import org.junit.jupiter.api.Test;
class MakeTmpTest {
  @Test void make() throws Exception {
    TrustScene s = new TrustScene();
    Path d = Path.of("src/test/resources/jp/sekisho/policy/trust");
    for (SignedFile f : new SignedFile[] {s.roots.get(0), s.policy, s.roster, s.current}) {
      String n = f.header().kind().text();
      Files.write(d.resolve(n), f.file());
      Files.write(d.resolve(n + ".sig"), f.signatureFile());
    }
    Files.write(d.resolve("bundle"), s.bundle().bytes());
    Path z = d.resolve("TrustFuzzTestInputs");
    for (String k : new String[] {"bundle", "header", "body"}) Files.createDirectories(z.resolve(k));
    byte[] b = s.bundle().bytes();
    Files.write(z.resolve("bundle/good"), b);
    Files.write(z.resolve("bundle/cut"), java.util.Arrays.copyOf(b, b.length - 1));
    Files.write(z.resolve("bundle/table"), "sekisho/bundle/v1\nroot 99999999 999999\npolicy 1 1\nroster 1 1\ncurrent 1 1\n\n".getBytes());
    Files.write(z.resolve("header/policy"), s.policy.header().bytes());
    Files.write(z.resolve("header/large-number"), new String(s.policy.header().bytes()).replaceAll("version 1", "version 9999999999999999").getBytes());
    Files.write(z.resolve("body/root"), s.roots.get(0).bodyBytes());
    Files.write(z.resolve("body/roster"), s.roster.bodyBytes());
    Files.write(z.resolve("body/current"), s.current.bodyBytes());
    Files.write(z.resolve("body/spaces"), "card  a\n".getBytes());
  }
}
