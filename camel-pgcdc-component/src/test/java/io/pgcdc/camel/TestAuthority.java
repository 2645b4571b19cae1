package io.pgcdc.camel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/**
 * A certificate authority of a test's own, made by the JDK's keytool in a directory. No network, gone with the
 * directory.
 */
final class TestAuthority {

    private static final String PASSWORD = "changeit";

    private final Path directory;
    private final String name;

    private TestAuthority(Path directory, String name) {
        this.directory = directory;
        this.name = name;
    }

    static TestAuthority create(Path directory, String name) throws IOException, InterruptedException {
        TestAuthority authority = new TestAuthority(directory, name);
        authority.makeKey(name, "-ext", "bc:c");
        authority.keytool(name, "-exportcert", "-rfc", "-alias", name, "-file", authority.certificate().toString());
        return authority;
    }

    /** Its own certificate, as PEM. */
    Path certificate() {
        return directory.resolve(name + ".crt");
    }

    /** A certificate that it signs. */
    Signed sign(String commonName, String... extension) throws IOException, InterruptedException, GeneralSecurityException {
        String file = name + "-" + commonName;
        makeKey(file, "-dname", "CN=" + commonName);
        Path request = directory.resolve(file + ".csr");
        keytool(file, "-certreq", "-alias", file, "-file", request.toString());
        List<String> sign = new ArrayList<>(
                List.of(
                        "-gencert", "-rfc", "-alias", name, "-infile", request.toString(), "-outfile",
                        directory.resolve(file + ".crt").toString()));
        if (extension.length > 0) {
            sign.addAll(List.of("-ext", extension[0]));
        }
        keytool(name, sign.toArray(String[]::new));
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(directory.resolve(file + ".p12"))) {
            store.load(in, PASSWORD.toCharArray());
        }
        Path key = directory.resolve(file + ".pk8");
        // pgjdbc takes no key that others may read.
        Files.deleteIfExists(key);
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(key, store.getKey(file, PASSWORD.toCharArray()).getEncoded());
        return new Signed(directory.resolve(file + ".crt"), key);
    }

    /** @param key in PKCS #8 */
    record Signed(Path certificate, Path key) {

        String keyAsPem() throws IOException {
            return "-----BEGIN PRIVATE KEY-----\n"
                   + Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(Files.readAllBytes(key))
                   + "\n-----END PRIVATE KEY-----\n";
        }
    }

    private void makeKey(String alias, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(
                List.of(
                        "-genkeypair", "-alias", alias, "-keyalg", "RSA", "-keysize", "2048", "-validity", "2"));
        if (!List.of(more).contains("-dname")) {
            arguments.addAll(List.of("-dname", "CN=" + alias));
        }
        Collections.addAll(arguments, more);
        keytool(alias, arguments.toArray(String[]::new));
    }

    private void keytool(String store, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        Collections.addAll(command, arguments);
        command.addAll(List.of(
                "-keystore", directory.resolve(store + ".p12").toString(), "-storetype", "PKCS12", "-storepass", PASSWORD));
        Path output = directory.resolve("keytool.txt");
        int result = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        if (result != 0) {
            throw new IllegalStateException(arguments[0] + ": " + Files.readString(output));
        }
    }
}
