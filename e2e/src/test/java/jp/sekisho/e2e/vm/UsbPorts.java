package jp.sekisho.e2e.vm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The hands at the terminal's USB ports. Each device gets its port pinned, because QEMU otherwise
 * picks another at the next plug; a stick's image is released before the next use.
 */
final class UsbPorts {
  private final Qmp qmp;
  private int plugs;

  UsbPorts(Qmp qmp) {
    this.qmp = qmp;
  }

  /** Plugs the device and returns its id at QEMU. */
  String plug(Pluggable device, String port) {
    String id = "usb" + plugs++;
    Map<String, Object> properties = new HashMap<>();
    switch (device) {
      case UsbPart part -> properties.put("driver", part.driver());
      case UsbPhone phone -> {
        properties.put("driver", "usb-mtp");
        properties.put("rootdir", phone.directory().toString());
      }
      case UsbDisc disc -> {
        addDisk(id, disc.image(), true);
        plugBehind("usb-bot", id, Map.of("driver", "scsi-cd"), port);
        return id;
      }
      case UsbStick stick -> {
        addDisk(id, stick.image(), false);
        if (stick.attached() == UsbStick.Attached.UAS) {
          plugBehind(
              "usb-uas",
              id,
              Map.of("driver", "scsi-hd", "serial", stick.serial(), "removable", true),
              port);
          return id;
        }
        properties.put("driver", "usb-storage");
        properties.put("drive", disk(id));
        properties.put("serial", stick.serial());
        properties.put("removable", true);
      }
    }
    add(id, port, properties);
    return id;
  }

  /** Pulls the device; returns once QEMU has let go of it and its image. */
  void unplug(String id) {
    qmp.execute("device_del", Map.of("id", id));
    Await.value(
        "QEMU to release " + id,
        Duration.ofSeconds(30),
        () -> holds(disk(id)) ? remove(disk(id)) : Optional.of(true));
  }

  private Optional<Boolean> remove(String node) {
    return qmp.accepts("blockdev-del", Map.of("node-name", node))
        ? Optional.of(true)
        : Optional.empty();
  }

  private boolean holds(String node) {
    for (var block : qmp.execute("query-named-block-nodes", Map.of("flat", true))) {
      if (block.path("node-name").asText().equals(node)) {
        return true;
      }
    }
    return false;
  }

  private void addDisk(String id, Path image, boolean readOnly) {
    qmp.execute(
        "blockdev-add",
        Map.of(
            "driver",
            "raw",
            "node-name",
            disk(id),
            "read-only",
            readOnly,
            "file",
            Map.of("driver", "file", "filename", image.toAbsolutePath().toString())));
  }

  // The controller is shown to the guest only when its disk is there.
  private void plugBehind(String controller, String id, Map<String, Object> disk, String port) {
    add(id, port, Map.of("driver", controller));
    Map<String, Object> unit = new HashMap<>(disk);
    unit.put("id", id + "-lun");
    unit.put("bus", id + ".0");
    unit.put("drive", disk(id));
    qmp.execute("device_add", unit);
    qmp.execute(
        "qom-set",
        Map.of(
            "path",
            "/machine/peripheral/" + id,
            "property",
            "attached",
            "value",
            JsonNodeFactory.instance.booleanNode(true)));
  }

  private void add(String id, String port, Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("id", id);
    all.put("bus", "xhci.0");
    all.put("port", port);
    qmp.execute("device_add", all);
  }

  private static String disk(String id) {
    return id + "-disk";
  }
}
