package jp.sekisho.e2e.vm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipInputStream;
import jp.sekisho.e2e.vm.Recorded.Uevent;
import jp.sekisho.e2e.vm.TerminalVm.Plugged;
import jp.sekisho.protocol.Sha256;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.CMSAuthEnvelopedDataParser;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyAgreeAuthEnvelopedRecipient;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Media on a real kernel by the agent's own gates; {@link MediumOpener} stands where grants do,
 * whose own test is apart.
 */
@Tag("vm")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MediaGateIT {
  private static final String CONTENT = "list for the audit office";

  @TempDir static Path directory;
  private TerminalVm vm;

  @BeforeAll
  void boot() throws Exception {
    vm = TerminalVm.start(VmOptions.of("media-gate"));
    Path here =
        Path.of(MediumOpener.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .resolve("jp/sekisho/e2e/vm");
    try (DirectoryStream<Path> classes = Files.newDirectoryStream(here, "MediumOpener*.class")) {
      for (Path file : classes) {
        vm.write("/tmp/opener/jp/sekisho/e2e/vm/" + file.getFileName(), Files.readAllBytes(file));
      }
    }
    startOpener();
  }

  private void startOpener() {
    vm.run(
            "rm -f /run/sekisho/ready; java @/opt/java/agent.flags -cp"
                + " /opt/sekisho/sekisho-agent.jar:/tmp/opener "
                + MediumOpener.class.getName()
                + " >/run/opener.log 2>&1 & echo $! >/run/opener.pid")
        .expectOk();
    vm.await("the gates", "[ -f /run/sekisho/ready ]");
  }

  @AfterAll
  void switchOff() {
    vm.close();
  }

  private void begin(String line) {
    vm.run(
            "rm -f /run/media.answer; echo '"
                + line
                + "' >/run/media.next; mv /run/media.next /run/media.command")
        .expectOk();
  }

  private String command(String line) {
    begin(line);
    return answer(line);
  }

  private String answer(String line) {
    vm.await(line, "[ -f /run/media.answer ]");
    return vm.run("cat /run/media.answer").expectOk();
  }

  private String plugged(Plugged stick) {
    String name = vm.awaitDevice(stick).name();
    vm.await("its decision", "grep -q 'usb.blocked.*port=" + name + "' /run/opener.log");
    return name;
  }

  private String mounts() {
    return vm.run("grep /run/sekisho/media /proc/self/mountinfo; true").expectOk();
  }

  @Test
  @DisplayName(
      "one medium is read by one user only, written by nobody, and closed although a file is open")
  void openAndClose() throws IOException {
    UsbStick medium =
        UsbStick.make(
            directory.resolve("m.img"),
            "M-0007",
            Map.of("LIST.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
    UsbStick other = UsbStick.make(directory.resolve("o.img"), "M-0008", Map.of());
    Plugged stick = vm.plug(medium, "1");
    String name = plugged(stick);
    assertEquals("Failed[reason=MEDIUM_CHANGED]", command("forged " + name));
    assertEquals("Failed[reason=MEDIUM_ABSENT]", command("open 9-9 1000"));
    assertTrue(
        vm.recorderLog().stream()
            .skip(stick.since())
            .noneMatch(line -> line instanceof Uevent event && event.opensBlockDevice()));

    String place = "/run/sekisho/media/" + name + "/medium";
    assertEquals("Opened[mountPoint=" + place + "]", command("open " + name + " 1000"));
    assertTrue(mounts().contains(" ro,nosuid,nodev,noexec,relatime - vfat "), mounts());
    assertEquals(
        CONTENT, vm.run(TerminalVm.CLERK + "sh -c 'cat " + place + "/list.txt'").expectOk());
    assertNotEquals(0, vm.run(TerminalVm.NOBODY + "ls " + place).rc());
    assertNotEquals(0, vm.run("touch " + place + "/new").rc());
    String disk = vm.run("ls -d /sys/block/sd*").expectOk().strip();
    assertEquals("1", vm.run("cat " + disk + "/ro").expectOk().strip());
    assertNotEquals(0, vm.run("dd if=/dev/zero of=/dev/" + disk.substring(11) + " count=1").rc());

    Plugged second = vm.plug(other, "2");
    String secondName = plugged(second);
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + secondName + "/authorized").expectOk().strip());

    vm.run("sh -c 'exec 3<" + place + "/list.txt; sleep 600' >/dev/null 2>&1 &").expectOk();
    assertEquals("true", command("close " + name));
    assertEquals("", mounts());
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
    assertEquals("", vm.run("ls -d /sys/block/sd* 2>/dev/null; true").expectOk());
    assertEquals("true", command("close " + name));

    assertEquals("Opened[mountPoint=" + place + "]", command("open " + name + " 1000"));
    vm.unplug(stick);
    vm.await("it is unmounted", "! grep -q /run/sekisho/media /proc/self/mountinfo");
    vm.await("it is told", "grep -q 'unplugged " + name + "' /run/opener.log");
    assertEquals("Failed[reason=MEDIUM_ABSENT]", command("open " + name + " 1000"));
  }

  @Test
  @Tag("torture")
  @DisplayName(
      "R13: what is written stands encrypted on the medium, which no other process saw, and after"
          + " kill -9 in the middle nothing is mounted")
  void writes() throws Exception {
    byte[] first = "一行目の住民情報\n".repeat(2_000).getBytes(StandardCharsets.UTF_8);
    byte[] second = "another list of the counter\n".repeat(50).getBytes(StandardCharsets.UTF_8);
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    KeyPair recipient = generator.generateKeyPair();
    UsbStick medium =
        UsbStick.make(
            directory.resolve("w.img"),
            "M-0009",
            Map.of("LIST.TXT", CONTENT.getBytes(StandardCharsets.UTF_8)));
    vm.write("/run/recipient", certificate(recipient).getEncoded());
    vm.write("/run/out/1.csv", first);
    vm.write("/run/out/2.csv", second);
    Plugged stick = vm.plug(medium, "3");
    String name = plugged(stick);
    assertEquals("Failed[reason=MEDIUM_CHANGED, begun=false] []", forgedWrite(name));

    vm.run("rm -f /run/writing /run/go-on").expectOk();
    begin("write " + name);
    vm.await("the writing", "[ -f /run/writing ]");
    // One thread has it, and nobody else finds it, root neither.
    assertEquals(1, vm.writable().lines().count(), vm.writable());
    assertTrue(vm.writable().contains(" rw,nosuid,nodev,noexec,relatime - vfat "), vm.writable());
    assertEquals(
        "", vm.run("grep -l /run/sekisho/writing/ /proc/[0-9]*/mountinfo; true").expectOk());
    assertEquals("", vm.run("find /run/sekisho/writing/ -type f").expectOk());
    String place = "/run/sekisho/writing/" + name;
    assertNotEquals(0, vm.run(TerminalVm.CLERK + "ls " + place).rc());
    String disk = "/dev/" + vm.run("ls /sys/block | grep ^sd").expectOk().strip();
    assertEquals("0", vm.run("cat /sys/block/" + disk.substring(5) + "/ro").expectOk().strip());
    for (String user : List.of(TerminalVm.CLERK, TerminalVm.NOBODY)) {
      assertNotEquals(0, vm.run(user + "dd if=" + disk + " of=/dev/null count=1").rc());
      assertNotEquals(0, vm.run(user + "dd if=/dev/zero of=" + disk + " count=1").rc());
      assertNotEquals(0, vm.run(user + "touch " + place + "/mine").rc());
    }
    vm.run("touch /run/go-on").expectOk();
    String said = answer("write " + name);
    assertTrue(said.startsWith("Done[] [SEKISHO-0A1B2C3D-0001.p7m "), said);
    assertEquals("", vm.writable());
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
    assertEquals("", vm.run("ls /sys/block | grep ^sd; true").expectOk());

    // In the middle of another one.
    vm.run("rm -f /run/writing /run/go-on /run/out/1.csv; mv /run/out/2.csv /run/out/3.csv")
        .expectOk();
    begin("write " + name);
    vm.await("the writing", "[ -f /run/writing ]");
    assertEquals(1, vm.writable().lines().count(), vm.writable());
    vm.run("kill -9 $(cat /run/opener.pid); rm -f /run/media.command").expectOk();
    vm.await("its end", "! cat /proc/$(cat /run/opener.pid)/task/*/mountinfo | grep -q .");
    assertEquals("", vm.writable());
    assertNotEquals(0, vm.run(TerminalVm.CLERK + "dd if=" + disk + " of=/dev/null count=1").rc());
    startOpener();
    assertEquals("true", command("close " + name));
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
    vm.unplug(stick);

    for (String secret : List.of("一行目の住民情報", "another list of the counter", "1.csv", "2.csv")) {
      assertFalse(medium.holds(secret), secret);
    }
    for (int i = 1; i <= 2; i++) {
      byte[] envelope = medium.read("SEKISHO-0A1B2C3D-000" + i + ".p7m");
      assertTrue(said.contains(Sha256.text(envelope)), said);
      assertArrayEquals(i == 1 ? first : second, opened(envelope, recipient));
    }
    assertArrayEquals(CONTENT.getBytes(StandardCharsets.UTF_8), medium.read("LIST.TXT"));
  }

  @Test
  @Tag("torture")
  @DisplayName(
      "a stick and a CD are taken in by one thread alone; a virus and a disguised program stay out;"
          + " after kill -9 nothing is mounted, and quarantine is emptied at the next start")
  void takesIn() throws Exception {
    byte[] list = "世帯,人数\n1,2\n".repeat(9_000).getBytes(StandardCharsets.UTF_8);
    byte[] program = new byte[4_096];
    program[0] = 'M';
    program[1] = 'Z';
    byte[] virus =
        new StringBuilder("*H+H$!ELIF-TSET-SURIVITNA-DRADNATS-RACIE$}7)CC7)^P(45XZP\\4[PA@%P!O5X")
            .reverse()
            .toString()
            .getBytes(StandardCharsets.US_ASCII);
    Map<String, byte[]> files = Map.of("LIST.CSV", list, "BILL.PDF", program, "README.TXT", virus);
    Plugged stick = vm.plug(UsbStick.make(directory.resolve("i.img"), "M-0010", files), "4");
    String name = plugged(stick);
    taken(name, list, "vfat");

    // Once more, and in its middle the end of everything.
    vm.run("rm -rf /run/in /run/reading /run/go-on").expectOk();
    begin("take " + name);
    vm.await("the copy", "[ -f /run/reading ]");
    assertEquals(1, vm.writable().lines().count(), vm.writable());
    assertEquals("3", vm.run("ls /run/quarantine | wc -l").expectOk().strip());
    vm.run("kill -9 $(cat /run/opener.pid); rm -f /run/media.command").expectOk();
    vm.await("its end", "! cat /proc/$(cat /run/opener.pid)/task/*/mountinfo | grep -q .");
    assertEquals("", vm.writable());
    startOpener();
    assertEquals("", vm.run("ls /run/quarantine").expectOk());
    assertEquals("true", command("close " + name));
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
    vm.unplug(stick);

    Plugged drive = vm.plug(UsbDisc.make(directory.resolve("c.iso"), files), "5");
    taken(plugged(drive), list, "iso9660");
    vm.unplug(drive);
  }

  /** One is taken in; nobody but that thread sees its files. */
  private void taken(String name, byte[] list, String type) throws IOException {
    vm.run("rm -rf /run/in /run/reading /run/go-on").expectOk();
    begin("take " + name);
    vm.await("the copy", "[ -f /run/reading ]");
    assertEquals(1, vm.writable().lines().count(), vm.writable());
    assertTrue(
        vm.writable().contains(" ro,nosuid,nodev,noexec,relatime - " + type + " "), vm.writable());
    assertEquals("", vm.run("find /run/sekisho/writing/ -type f").expectOk());
    String disk = vm.run("ls /sys/block | grep -E '^s[dr]'").expectOk().strip();
    assertNotEquals(0, vm.run("dd if=/dev/zero of=/dev/" + disk + " count=1").rc());
    for (String user : List.of(TerminalVm.CLERK, TerminalVm.NOBODY)) {
      assertNotEquals(0, vm.run(user + "dd if=/dev/" + disk + " of=/dev/null count=1").rc());
      assertNotEquals(0, vm.run(user + "ls /run/sekisho/writing/" + name).rc());
      assertNotEquals(0, vm.run(user + "ls /run/quarantine").rc());
    }
    vm.run("touch /run/go-on").expectOk();
    // In capitals on FAT, in small letters on a CD: the kernel's choice.
    String said = answer("take " + name).toLowerCase(Locale.ROOT);
    assertTrue(said.startsWith("[done[], "), said);
    assertTrue(said.contains("bill.pdf bad[reason=import_disguised]"), said);
    assertTrue(said.contains("readme.txt virus"), said);
    assertTrue(said.contains("list.csv good[kind=csv]"), said);
    String only = vm.run("ls /run/in").expectOk().strip();
    assertEquals("list.csv", only.toLowerCase(Locale.ROOT));
    byte[] there =
        java.util.Base64.getMimeDecoder().decode(vm.run("base64 /run/in/" + only).expectOk());
    assertArrayEquals(list, there);
    assertEquals("", vm.run("ls /run/quarantine").expectOk());
    assertEquals("", vm.writable());
    assertEquals(
        "0", vm.run("cat /sys/bus/usb/devices/" + name + "/authorized").expectOk().strip());
  }

  private String forgedWrite(String name) {
    return command("forged-write " + name);
  }

  private static X509Certificate certificate(KeyPair keys) throws Exception {
    X500Name name = new X500Name("CN=recipient");
    Instant now = Instant.now();
    byte[] der =
        new JcaX509v3CertificateBuilder(
                name,
                BigInteger.ONE,
                Date.from(now.minusSeconds(3_600)),
                Date.from(now.plusSeconds(86_400)),
                name,
                keys.getPublic())
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
            .getEncoded();
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  private static byte[] opened(byte[] envelope, KeyPair recipient) throws Exception {
    CMSAuthEnvelopedDataParser parser = new CMSAuthEnvelopedDataParser(envelope);
    RecipientInformation one = parser.getRecipientInfos().getRecipients().iterator().next();
    try (ZipInputStream zip =
        new ZipInputStream(
            one.getContentStream(
                    new JceKeyAgreeAuthEnvelopedRecipient(recipient.getPrivate())
                        .setProvider(new BouncyCastleProvider()))
                .getContentStream())) {
      zip.getNextEntry();
      return zip.readAllBytes();
    }
  }
}
