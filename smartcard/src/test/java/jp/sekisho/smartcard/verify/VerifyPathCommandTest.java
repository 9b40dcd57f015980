package jp.sekisho.smartcard.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import jp.sekisho.smartcard.cli.CardCommand;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.CertificatePolicies;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.PolicyInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paths of several certificates and the inputs of RFC 5280 6.1.1, through verify-path itself. */
class VerifyPathCommandTest {
  private static final ASN1ObjectIdentifier ONE = new ASN1ObjectIdentifier("1.2.3.1");
  private static final ASN1ObjectIdentifier TWO = new ASN1ObjectIdentifier("1.2.3.2");
  private static final ASN1ObjectIdentifier ANY = new ASN1ObjectIdentifier("2.5.29.32.0");
  private static final Made ROOT = Made.root("CN=root");

  @TempDir Path directory;

  private String file(String name, Made... certificates) throws Exception {
    StringBuilder pem = new StringBuilder();
    for (Made certificate : certificates) {
      pem.append("-----BEGIN CERTIFICATE-----\n")
          .append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.der()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return Files.writeString(directory.resolve(name), pem).toString();
  }

  private static Made.Recipe with(Made.Recipe recipe, ASN1ObjectIdentifier policy) {
    return recipe.with(
        Extension.certificatePolicies,
        false,
        new CertificatePolicies(new PolicyInformation(policy)));
  }

  /** The section that is violated; empty for a valid path. */
  private String judge(String leaf, String... more) throws Exception {
    List<String> words =
        Stream.of(
                List.of("verify-path", leaf, "--no-revocation", "--at", Made.NOW.toString()),
                List.of("--anchor", file("root.pem", ROOT)),
                Arrays.asList(more))
            .flatMap(List::stream)
            .toList();
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    int exit;
    try {
      exit = CardCommand.run(words.toArray(String[]::new));
    } finally {
      System.setOut(before);
    }
    String line = out.toString(StandardCharsets.UTF_8).strip();
    String section = line.replaceAll(".*\"clause\":\"(.*)\"}", "$1");
    assertEquals(section.isEmpty() ? 0 : 1, exit, line);
    return section;
  }

  @Test
  void theCertificatesInBetweenAreFoundInAnyOrderAndInOneFileWithTheLeaf() throws Exception {
    Made top = Made.ca("CN=top").by(ROOT);
    Made low = Made.ca("CN=low").by(top);
    Made leaf = Made.leaf("CN=leaf").by(low);
    String alone = file("leaf.pem", leaf);
    String both = file("both.pem", low, top);
    assertEquals("", judge(alone, "--intermediate", both));
    assertEquals("", judge(alone, "--intermediate", file("low.pem", low), file("top.pem", top)));
    assertEquals("", judge(file("chain.pem", leaf, low, top)));
    assertEquals("6.1", judge(alone).substring(0, 3), "nothing in between");
    assertEquals("6.1", judge(alone, "--intermediate", file("low.pem", low)).substring(0, 3));
    Made another = Made.ca("CN=low").by(top);
    assertEquals("6.1.3(a)(1)", judge(alone, "--intermediate", file("another.pem", another, top)));
  }

  @Test
  void policyMappingIsInhibitedFromTheBeginning() throws Exception {
    ASN1Encodable mapping = new DERSequence(new DERSequence(new ASN1Encodable[] {ONE, TWO}));
    Made ca = with(Made.ca("CN=m"), ONE).with(Extension.policyMappings, true, mapping).by(ROOT);
    String path = file("mapped.pem", with(Made.leaf("CN=l"), TWO).by(ca), ca);
    String[] demands = {"--require-explicit-policy", "--policy", ONE.getId()};
    assertEquals("", judge(path, demands));
    assertEquals("6.1.3(f)", judge(path, plus(demands, "--inhibit-policy-mapping")));
  }

  @Test
  void anyPolicyIsInhibitedFromTheBeginning() throws Exception {
    Made ca = with(Made.ca("CN=any"), ANY).by(ROOT);
    String path = file("any.pem", with(Made.leaf("CN=l"), ONE).by(ca), ca);
    String[] demands = {"--require-explicit-policy"};
    assertEquals("", judge(path, demands));
    assertEquals("6.1.3(f)", judge(path, plus(demands, "--inhibit-any-policy")));
  }

  private static String[] plus(String[] words, String word) {
    return Stream.concat(Stream.of(words), Stream.of(word)).toArray(String[]::new);
  }
}
