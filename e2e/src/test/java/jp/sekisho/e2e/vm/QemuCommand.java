package jp.sekisho.e2e.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The words that start QEMU: what the machine of a {@link TerminalVm} is made of. */
final class QemuCommand {
  /** Hardware address of the interface that leads to the cards, 10.0.3.15. */
  static final String CARDS = "52:54:00:00:35:63";

  private QemuCommand() {}

  static List<String> of(
      String program, VmImage image, VmOptions options, Path sockets, Path console) {
    String append =
        "console=ttyS0 quiet panic=-1 net.ifnames=0 cryptomgr.notests nokaslr mitigations=off"
            + " tsc=reliable no_timer_check maxcpus=1 "
            + String.join(" ", options.kernelArguments());
    // maxcpus: the guest's init switches the second processor on. While drivers are loaded it would
    // only be woken for each change of the kernel's text, which costs the emulation a second and a
    // half.
    List<String> command =
        Stream.of(
                "-nodefaults -no-user-config -machine q35 -accel tcg -cpu Nehalem -smp 2 -m 768",
                "-display none -no-reboot -S",
                "-device virtio-blk-pci,drive=root -device virtio-blk-pci,drive=agent",
                "-netdev user,id=net0",
                "-device virtio-net-pci,netdev=net0,id=nic0,romfile=",
                // A reader's cable is not the network's: it stays when that is cut. Port 0: QEMU
                // chooses a free one, cardPort() asks which.
                "-netdev user,id=cards,restrict=on,net=10.0.3.0/24,hostfwd=tcp:127.0.0.1:0-:35963",
                "-device virtio-net-pci,netdev=cards,mac=" + CARDS + ",romfile=",
                "-device virtio-serial-pci -device virtserialport,chardev=control,name=control",
                "-device virtio-rng-pci -device qemu-xhci,id=xhci,p2=8,p3=8")
            .flatMap(words -> Stream.of(words.split(" ", -1)))
            .collect(
                () ->
                    new ArrayList<>(
                        List.of(
                            program,
                            "-kernel",
                            image.file("vmlinux"),
                            "-initrd",
                            image.file("initrd.img"),
                            "-append",
                            append,
                            "-serial",
                            "file:" + console,
                            "-drive",
                            disk("root", image.file("root.squashfs")),
                            "-drive",
                            disk("agent", image.file("agent.squashfs")),
                            "-chardev",
                            "socket,id=control,server=on,wait=off,path="
                                + sockets.resolve("control"),
                            "-qmp",
                            "unix:" + sockets.resolve("qmp") + ",server=on,wait=off")),
                List::add,
                List::addAll);
    // The third disk: /dev/vdc is what the guest's init looks for.
    options
        .enrolled()
        .ifPresent(tar ->
            command.addAll(
                List.of(
                    "-drive",
                    disk("state", tar.toString()),
                    "-device",
                    "virtio-blk-pci,drive=state")));
    return command;
  }

  private static String disk(String id, String file) {
    return "if=none,format=raw,readonly=on,id=" + id + ",file=" + file;
  }
}
