// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/acl_document.h"

#include "api/s3/listing.h"

namespace maxiofs::api::s3 {

std::string renderAcl(identity::Directory &identities, std::string_view ownerId)
{
    OwnerWriter owner(identities);
    text::XmlWriter xml;
    xml.open("AccessControlPolicy").attribute("xmlns", text::kS3Namespace);
    owner.write(xml, "Owner", ownerId);
    xml.open("AccessControlList").open("Grant").open("Grantee");
    xml.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
    xml.attribute("xsi:type", "CanonicalUser");
    owner.writeNames(xml, ownerId);
    xml.close().element("Permission", "FULL_CONTROL").close().close().close();
    return xml.take();
}

}  // namespace maxiofs::api::s3
