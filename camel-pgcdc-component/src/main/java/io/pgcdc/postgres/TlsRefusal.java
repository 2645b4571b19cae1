package io.pgcdc.postgres;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Locale;

import javax.net.ssl.SSLException;

/**
 * Why a connection does not come about for the sake of TLS: nothing that trying again would mend. A handshake that
 * merely breaks off is none of these.
 */
enum TlsRefusal {

    /** We don't trust the server's certificate. */
    SERVER_CERTIFICATE,
    /** It is trusted, and of another host. */
    HOST_NAME,
    /** The server wants a certificate of ours, or another. */
    CLIENT_CERTIFICATE,
    /** The server takes the connection only with TLS, or not at all. */
    PLAIN,
    /** The server has no TLS. */
    NO_TLS,
    /** A file that the URL names can't be used. */
    FILE;

    String remedy() {
        return switch (this) {
            case SERVER_CERTIFICATE ->
                "The server's certificate is not one that sslrootcert in the option url vouches for: name the "
                                       + "file of the authority that signed it, or give the server another (ssl_cert_file)";
            case HOST_NAME ->
                "The server's certificate is for another host: name the host in the option url as the certificate does, "
                              + "or give the server one for this name";
            case CLIENT_CERTIFICATE ->
                "The server wants a certificate of this user that its ssl_ca_file vouches for (clientcert or "
                                       + "cert in pg_hba.conf): name it by sslcert and sslkey in the option url";
            case PLAIN -> "pg_hba.conf has no line for this user, database and host without TLS: set sslmode=verify-full and "
                          + "sslrootcert in the option url, or add a line";
            case NO_TLS -> "Give the server ssl=on, ssl_cert_file and ssl_key_file, or the option url another sslmode";
            case FILE ->
                "Check the files that the option url names by sslrootcert, sslcert and sslkey: they have to be there, and the "
                         + "key in PKCS #8, readable by this process alone (chmod 600)";
        };
    }

    /** {@code null} if TLS is not the reason. */
    static TlsRefusal of(SQLException error) {
        String message = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("client certificate") || message.contains("certificate authentication failed")) {
            return CLIENT_CERTIFICATE;
        }
        if (message.contains("no encryption") || message.contains("ssl off")) {
            return PLAIN;
        }
        if (message.contains("does not support ssl")) {
            return NO_TLS;
        }
        if (message.contains("ssl certificate file") || message.contains("ssl root certificate file")
                || message.contains("key file")) {
            return FILE;
        }
        if (message.contains("hostname") && message.contains("could not be verified")) {
            return HOST_NAME;
        }
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
                return SERVER_CERTIFICATE;
            }
            if (cause instanceof SSLException && isAboutOurs(String.valueOf(cause.getMessage()))) {
                return CLIENT_CERTIFICATE;
            }
        }
        return null;
    }

    /** Alerts by which a server refuses a certificate (RFC 8446, section 6.2), as the JDK tells them. */
    private static boolean isAboutOurs(String message) {
        return message.contains("fatal alert: ")
                && (message.contains("certificate") || message.endsWith("unknown_ca") || message.endsWith("access_denied"));
    }
}
