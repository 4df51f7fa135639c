//! XLSForm in, XForm out.
